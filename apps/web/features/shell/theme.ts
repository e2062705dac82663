export type Theme = 'light' | 'dark' | 'system'

const COOKIE = 'errand-theme'
const YEAR_S = 31_536_000

/** At once for this tab, and by the cookie for the pages that the server makes. */
export function setTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  const age = theme === 'system' ? 0 : YEAR_S
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax`
}

export function currentTheme(): Theme {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}
