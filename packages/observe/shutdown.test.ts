import { EventEmitter } from 'node:events'
import { quietLog } from '@errand/testkit'
import { describe, expect, it } from 'vitest'
import { createShutdown } from './shutdown.ts'

function aProcess({ deadlineMs = 5_000 } = {}) {
  const signals = new EventEmitter()
  const exits: number[] = []
  const host = { on: signals.on.bind(signals), exit: (code: number) => void exits.push(code) }
  return { shutdown: createShutdown({ log: quietLog(), deadlineMs, host }), signals, exits }
}

describe('a shutdown', () => {
  it('closes the last part first, one after the other, and exits with 0', async () => {
    const { shutdown, exits } = aProcess()
    const order: string[] = []
    shutdown.onClose('database', async () => void order.push('database'))
    shutdown.onClose('server', async () => {
      await Promise.resolve()
      order.push('server')
    })
    expect(await shutdown.stop('test')).toBe(0)
    expect([order, exits, shutdown.signal.aborted]).toEqual([['server', 'database'], [0], true])
  })

  it('closes the rest when a part fails, and exits with 1', async () => {
    const { shutdown, exits } = aProcess()
    let isClosed = false
    shutdown.onClose('database', async () => void (isClosed = true))
    shutdown.onClose('server', () => Promise.reject(new Error('stuck')))
    await shutdown.stop('test')
    expect([isClosed, exits]).toEqual([true, [1]])
  })

  it('does not wait beyond its deadline', async () => {
    const { shutdown, exits } = aProcess({ deadlineMs: 20 })
    shutdown.onClose('server', () => new Promise(() => undefined))
    await shutdown.stop('test')
    expect(exits).toEqual([1])
  })

  it('starts at the first signal and ends at once at the second', () => {
    const { shutdown, signals, exits } = aProcess()
    shutdown.onClose('server', () => new Promise(() => undefined))
    signals.emit('SIGINT')
    expect([shutdown.signal.aborted, exits]).toEqual([true, []])
    signals.emit('SIGTERM')
    expect(exits).toEqual([130])
  })
})
