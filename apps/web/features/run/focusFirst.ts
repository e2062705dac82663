/** Gives the focus to the first that can be seen: on phones and at a desk different ones are. */
export function focusFirst(...selectors: readonly string[]): void {
  for (const selector of selectors) {
    const all = [...document.querySelectorAll<HTMLElement>(selector)]
    const found = all.find((element) => element.checkVisibility())
    if (found === undefined) continue
    found.focus()
    return
  }
}
