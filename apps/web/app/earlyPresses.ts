import { KEYS_HEARD } from '../features/shell/keysHeard.ts'

/**
 * Runs in the document's head, before any other script: a button that is pressed before its part of the page is alive is
 * pressed again as soon as it is. React drops such a press where the part's code has not come yet; a slow line makes
 * that seconds. React marks what is alive by the properties that it keeps on the element. What the browser does by
 * itself (links, popovers) is left to it. Keys wait as well, for the frame of the page that hears them.
 */
export const EARLY_PRESSES = `
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button:not([popovertarget])') : null
  const isAlive = () => Object.keys(button).some((key) => key.startsWith('__reactProps'))
  if (button === null || isAlive()) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (button.ariaBusy === 'true') return
  button.ariaBusy = 'true'
  const again = () => {
    if (!button.isConnected) return
    if (!isAlive()) return void requestAnimationFrame(again)
    button.ariaBusy = null
    button.click()
  }
  again()
}, true)
{
  const keys = []
  const isKept = ({ target, repeat }) => !repeat && keys.length < 20 && !target.closest?.('input, textarea, select, [contenteditable]')
  const keep = (event) => void (isKept(event) && keys.push(event))
  addEventListener('keydown', keep)
  addEventListener('${KEYS_HEARD}', () => {
    removeEventListener('keydown', keep)
    for (const event of keys) (event.target.isConnected ? event.target : document.body).dispatchEvent(new KeyboardEvent('keydown', event))
  }, { once: true })
}
`
