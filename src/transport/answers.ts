import pLimit from 'p-limit';
import type { Secret } from '../core/secret.js';
import type { AskSecret } from './identity-file.js';

/** What a person has answered in a run. Two questions at once on one terminal would mix their answers. */
export class Answers {
  readonly #limit = pLimit(1);
  readonly #known = new Map<string, Secret | undefined>();
  readonly #askSecret: AskSecret;

  constructor(askSecret: AskSecret) {
    this.#askSecret = askSecret;
  }

  /** Asks, one question at a time. */
  readonly ask: AskSecret = (question) =>
    this.#limit(async () => {
      const answer = await this.#askSecret(question);
      this.#known.set(question, answer);
      return answer;
    });

  /** Asks as {@link ask} does; what was answered before is taken once, since it may have been wrong. */
  askUnlessKnown(): AskSecret {
    const known = new Map(this.#known);
    return (question) => {
      const answer = known.get(question);
      known.delete(question);
      return answer === undefined ? this.ask(question) : Promise.resolve(answer);
    };
  }
}
