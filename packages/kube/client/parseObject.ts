const MANAGED = '"managedFields":['
const QUOTE = 34
const BACKSLASH = 92
const OPENS = 91
const CLOSES = 93

/**
 * The JSON that the API sends, with every `managedFields` empty. That part is half of each object, nobody reads it, and its keys (`k:{"uid":…}`)
 * are others for each one: parsed, each would be a new shape to V8, and a change the dearer the more pods there are.
 */
export function parseObject(text: string): unknown {
  let kept = ''
  let from = 0
  for (;;) {
    // Within a string its quotes would be escaped, so this is always a key.
    const key = text.indexOf(MANAGED, from)
    const end = key === -1 ? -1 : endOfArray(text, key + MANAGED.length)
    // Never closed: then the parser says what is wrong.
    if (end === -1) return JSON.parse(from === 0 ? text : kept + text.slice(from))
    kept += text.slice(from, key + MANAGED.length)
    from = end
  }
}

/** Where the bracket stands that closes the array whose inside begins at `from`, or -1. */
function endOfArray(text: string, from: number): number {
  let depth = 1
  let isInString = false
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isInString) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === OPENS) depth++
    else if (code === CLOSES && --depth === 0) return at
  }
  return -1
}
