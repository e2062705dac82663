const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'not there',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'read-only',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'no network',
  EHOSTUNREACH: 'no way to it',
  ETIMEDOUT: 'no answer',
  EAI_AGAIN: 'no names are known',
  ENOTFOUND: 'no names are known',
}

/** What a system said, in words: `ENOENT ×10` is `Not there, 10 times`. What has no words stays as it is. */
export function happenedWords(happened: string): string {
  const words = happened
    .replaceAll(/\b(E[A-Z_]{3,})\b/g, (code) => WORDS[code] ?? code)
    .replaceAll(/ ×(\d+)/g, (_, times: string) => (times === '1' ? '' : `, ${times} times`))
  return /^[a-z]/.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words
}
