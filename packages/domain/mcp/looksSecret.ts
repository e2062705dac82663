const SECRET_NAME =
  /(token|secret|passw(or)?d|passphrase|credential|api[-_]?key|access[-_]?key|private[-_]?key|auth(orization)?$|(^|[-_])(key|pat|dsn|pwd|jwt)$)/i
const CONNECTION_NAME = /(database|db|postgres|pg|mysql|mongo(db)?|redis|connection)[-_]?(ur[il]|string)$/i
/** What well-known services begin their tokens with. */
const TOKEN =
  /^(gh[opusr]_|github_pat_|glpat-|sk[-_]|pk[-_]|xox[abpors]-|xapp-|lin_(api|oauth)_|ntn_|secret_|figd_|sntry[su]_|sntryu|ATATT|AKIA|ya29\.|eyJ[\w-]{8,}\.|Bearer\s+\S{8,})/

/** Whether a value of this name is one that must not be kept in the open. Rather one too many: sealing costs nothing. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || CONNECTION_NAME.test(name)
}

/** A token by its look, or an address with a password in it. */
export function isSecretValue(value: string): boolean {
  if (TOKEN.test(value)) return true
  return URL.canParse(value) && new URL(value).password !== ''
}

/**
 * Whether text stands for a value that a person has to put there: `<your token>`, `YOUR_API_KEY`, `sk-...`, `xxx`,
 * `${TOKEN}`. A README has it almost always.
 */
export function isPlaceholder(value: string): boolean {
  const text = value.trim()
  return (
    text === '' ||
    /^<.*>$/.test(text) ||
    /^\[.*\]$/.test(text) ||
    /^\$?\{.*\}$/.test(text) ||
    /^\$[A-Z_][A-Z0-9_]*$/.test(text) ||
    /^%[A-Z_][A-Z0-9_]*%$/i.test(text) ||
    /(\.{3}|…|x{4,}|\*{3,})/i.test(text) ||
    /\b(your|my)[-_ ]/i.test(text) ||
    /^(your|replace|insert|enter|changeme|todo|token|api[-_ ]?key|xxx)/i.test(text) ||
    /[-_ ](here|goes[-_ ]here)>?$/i.test(text)
  )
}
