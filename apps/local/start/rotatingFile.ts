import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'

const KEPT = 3

/**
 * A log file that never grows past `maxBytes`: it becomes `<path>.1` (and that `.2`, …), three older ones are kept.
 * Lines are written at once, so that the last words before a crash are in the file. A full disk loses lines, not the
 * process: `onLost` is told once per outage.
 */
export function rotatingFile(path: string, options: { maxBytes: number; onLost: (error: unknown) => void }): Writable {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  let file = openSync(path, 'a', 0o600)
  let bytes = fstatSync(file).size
  let isLosing = false

  function write(chunk: Buffer): void {
    if (bytes > 0 && bytes + chunk.length > options.maxBytes) rotate()
    writeSync(file, chunk)
    bytes += chunk.length
  }

  function rotate(): void {
    closeSync(file)
    rmSync(`${path}.${KEPT}`, { force: true })
    for (let n = KEPT - 1; n >= 0; n--) moveIfThere(n === 0 ? path : `${path}.${n}`, `${path}.${n + 1}`)
    file = openSync(path, 'a', 0o600)
    bytes = 0
  }

  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        write(chunk)
        isLosing = false
      } catch (error) {
        if (!isLosing) options.onLost(error)
        isLosing = true
      }
      done()
    },
    final(done) {
      closeSync(file)
      done()
    },
  })
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && Reflect.get(error, 'code') === 'ENOENT')) throw error
  }
}
