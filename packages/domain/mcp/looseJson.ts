/**
 * JSON as people paste it: with comments, trailing commas, a fence of a Markdown page around it, or only the inner part
 * of an object. Undefined when it is not JSON even then.
 */
export function looseJson(text: string): unknown {
  const bare = text
    .trim()
    .replace(/^```\w*\s*\n/, '')
    .replace(/\n?```\s*$/, '')
    .trim()
  for (const candidate of [bare, tidy(bare), `{${tidy(bare)}}`]) {
    const parsed = parse(candidate)
    if (parsed !== undefined && typeof parsed === 'object') return parsed
  }
  return undefined
}

/** Without comments and trailing commas; what stands in strings stays. */
function tidy(text: string): string {
  return text
    .replaceAll(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept: string | undefined) => kept ?? '')
    .replaceAll(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, kept: string | undefined) => kept ?? '')
    .trim()
    .replace(/,$/, '')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
