type Wrap = (text: string) => string

/** Colours as functions, so that what formats a line does not ask whether there are any. */
export interface Paint {
  readonly bold: Wrap
  readonly dim: Wrap
  readonly red: Wrap
  readonly green: Wrap
  readonly yellow: Wrap
}

export function painter(hasColor: boolean): Paint {
  const wrap = (open: number, close: number): Wrap =>
    hasColor ? (text) => `\u001b[${open}m${text}\u001b[${close}m` : (text) => text
  return { bold: wrap(1, 22), dim: wrap(2, 22), red: wrap(31, 39), green: wrap(32, 39), yellow: wrap(33, 39) }
}
