/**
 * Runs in the document's head, before any other script: a button that is pressed before its part of the page is alive is
 * pressed again as soon as it is. React drops such a press where the part's code has not come yet; a slow line makes
 * that seconds. React marks what is alive by the properties that it keeps on the element. What the browser does by
 * itself (links, popovers) is left to it.
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
`
