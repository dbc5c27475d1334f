import type { YamlPath } from '../yaml/document.js';
import type { Binding } from './binding.js';
import type { ConditionContext } from './condition.js';
import type { Written } from './written.js';

/** What a condition that is written at `at` of an item or a role is matched with on the host at hand. */
export function conditionContext(raw: Written, binding: Binding, at: YamlPath): ConditionContext {
  return {
    facts: binding.facts,
    vars: binding.values.vars,
    host: binding.host.name,
    groups: binding.host.groups,
    knownHosts: binding.knownHosts,
    knownGroups: binding.knownGroups,
    earlierIds: [...binding.idsByName.keys()],
    locateKey: (path) => raw.document.locateKey([...raw.path, ...at, ...path]),
  };
}
