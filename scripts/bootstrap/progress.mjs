const live = process.stdout.isTTY === true

/** Runs one step and prints `✓ what   1.2 s`; a terminal shows it while it runs too. `what` is read again at the end. */
export async function step(what, work) {
  const began = performance.now()
  if (live) process.stdout.write(`… ${what}`)
  try {
    const result = await work()
    if (live) process.stdout.write('\r\x1b[K')
    say('✓', what, began)
    return result
  } catch (error) {
    if (live) process.stdout.write('\r\x1b[K')
    say('✗', what, began)
    throw error
  }
}

export function note(text) {
  process.stdout.write(`${text}\n`)
}

function say(mark, what, began) {
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  process.stdout.write(`${mark} ${what.padEnd(54)} ${seconds.padStart(6)} s\n`)
}
