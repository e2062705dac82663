import { Fault } from '@errand/contracts'
import { testDatabase } from '@errand/testkit'
import { afterAll, describe, expect, it } from 'vitest'

const { db, close } = await testDatabase()
afterAll(close)

const insert = { name: 'test_insert', text: 'insert into thing (n) values ($1)' }
const count = { name: 'test_count', text: 'select count(*) as count from thing' }
const whoAmI = { name: 'test_pid', text: 'select pg_backend_pid() as pid' }
const kill = { name: 'test_kill', text: 'select pg_terminate_backend($1)' }

describe('a database', () => {
  it('gives bigint as a number and refuses what a number cannot hold', async () => {
    const [row] = await db.rows<{ n: number }>({ name: 'big', text: 'select 9007199254740991::bigint as n' })
    expect(row?.n).toBe(Number.MAX_SAFE_INTEGER)
    await expect(db.rows({ name: 'bigger', text: 'select 9007199254740992::bigint as n' })).rejects.toThrow('beyond')
  })

  it('keeps all of a transaction or nothing', async () => {
    await db.pool.query('create table thing (n int primary key)')
    await db.transaction(async (tx) => {
      await tx.affected(insert, [1])
      await tx.affected(insert, [2])
    })
    const failure = db.transaction(async (tx) => {
      await tx.affected(insert, [3])
      await tx.affected(insert, [1])
    })
    await expect(failure).rejects.toThrow('duplicate key')
    expect(await db.row(count)).toEqual({ count: 2 })
  })

  it('gives the error of the work as it was', async () => {
    const mine = new Fault('run.over')
    await expect(db.transaction(() => Promise.reject(mine))).rejects.toBe(mine)
  })

  it('survives the loss of idle and of busy connections, and says what happened', async () => {
    const idle = await db.row<{ pid: number }>(whoAmI)
    const lost = db.transaction(async (tx) => {
      const busy = await tx.row<{ pid: number }>(whoAmI)
      await db.rows(kill, [busy?.pid])
      await tx.rows(whoAmI)
    })
    await expect(lost).rejects.toMatchObject({ code: 'start.database-unreachable' })
    await db.rows(kill, [idle?.pid]).catch(() => undefined)
    expect(await db.row(whoAmI)).toEqual({ pid: expect.any(Number) as number })
  })
})
