import type { Facts } from '../../core/facts.js';

/** Settings that unbound takes up only when it starts. */
const STARTING = ['interface', 'port', 'ip-freebind'];

/**
 * The command that lets unbound take up its configuration. It keeps its cache where it can (unbound-control(8)), but for
 * `names`: what was remembered would hide that they are no longer found.
 */
export function applyCommand(names: readonly string[], { init }: Facts): string[] {
  const restart =
    init === 'openrc'
      ? 'rc-service unbound restart'
      : '{ systemctl reset-failed unbound 2>/dev/null; systemctl restart unbound; }';
  const script = `same() {
  for option in ${STARTING.join(' ')}; do
    running=$(unbound-control get_option "$option") && wanted=$(unbound-checkconf -o "$option") || return 1
    [ "$running" = "$wanted" ] || return 1
  done
}
keep() {
  unbound-control reload_keep_cache || return 1
  for name in "$@"; do unbound-control flush "$name" || return 1; done
}
if same 2>/dev/null && keep "$@" >/dev/null 2>&1; then exit; fi
${restart}`;
  return ['sh', '-c', script, 'sh', ...names];
}
