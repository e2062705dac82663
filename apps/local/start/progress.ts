/** What a person at the terminal sees of a start and an end; everything else is in the log. */
export interface Progress {
  /** Runs one step and prints `✓ what   1.2 s`; a terminal shows it while it goes on. `words` may add to it afterwards. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>
  say(...lines: readonly string[]): void
}

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** The same look as the steps that `npm start` prints before it comes to us. */
export function terminalProgress(out: Terminal, now: () => number = () => performance.now()): Progress {
  const isLive = out.isTTY === true
  const end = (mark: string, what: string, began: number) => {
    const seconds = ((now() - began) / 1000).toFixed(1)
    out.write(`${isLive ? '\r\u001b[K' : ''}${mark} ${what.padEnd(54)} ${seconds.padStart(6)} s\n`)
  }
  return {
    step: async (what, work) => {
      const began = now()
      if (isLive) out.write(`… ${what}`)
      try {
        const result = await work()
        end('✓', what, began)
        return result
      } catch (error) {
        end('✗', what, began)
        throw error
      }
    },
    say: (...lines) => {
      for (const line of lines) out.write(`${line}\n`)
    },
  }
}
