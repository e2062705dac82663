/** Null for what is no JSON, which is also what fits no schema that is asked for afterwards. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
