import { inspect } from 'node:util'

const HIDDEN = '[secret]'

/**
 * A secret in the memory of the one process that may hold it. It cannot be logged, serialised, concatenated or
 * inspected by accident: the value comes out of `reveal()` alone, which a reader can search for.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toJSON(): string {
    return HIDDEN
  }

  /** Template strings and `+` must fail loudly: "Bearer [secret]" on the wire would be a riddle. */
  [Symbol.toPrimitive](): never {
    throw new TypeError('a secret is not a string: call reveal() where it is meant')
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}
