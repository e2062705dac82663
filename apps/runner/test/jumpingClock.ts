import type { Clock } from '../clock.ts'

/** A clock that jumps to the next thing that is due. */
export function jumpingClock(): Clock & { run: (isDone: () => boolean) => Promise<void> } {
  let time = 0
  let due: { at: number; act: () => void }[] = []
  return {
    now: () => time,
    after(ms, act) {
      const one = { at: time + ms, act }
      due.push(one)
      return () => void (due = due.filter((other) => other !== one))
    },
    async run(isDone) {
      for (let step = 0; step < 10_000 && !isDone(); step++) {
        await new Promise((resolve) => setImmediate(resolve))
        const [next] = due.toSorted((a, b) => a.at - b.at)
        if (next === undefined) continue
        due = due.filter((other) => other !== next)
        time = Math.max(time, next.at)
        next.act()
      }
    },
  }
}
