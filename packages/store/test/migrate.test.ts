import { migrate } from '@errand/store'
import { testDatabase } from '@errand/testkit'
import { afterAll, expect, test } from 'vitest'

const { db, close } = await testDatabase()
afterAll(close)

test('several processes that migrate an empty database at once all succeed, and it is done once', async () => {
  await db.pool.query('drop schema public cascade; drop schema if exists drizzle cascade; create schema public')
  await Promise.all(Array.from({ length: 4 }, () => migrate(db)))
  const twice = await db.pool.query('select hash from drizzle.__drizzle_migrations group by hash having count(*) > 1')
  const tables = await db.pool.query("select 1 from pg_tables where schemaname = 'public' and tablename = 'run_events'")
  expect({ twice: twice.rows, tables: tables.rowCount }).toEqual({ twice: [], tables: 1 })
})

// What belongs to a person's way in (`auth_…`) has it through that person; a process belongs to nobody.
test('every table has the organisation on every row', async () => {
  const without = await db.pool.query(`
    select t.tablename from pg_tables t where schemaname = 'public' and tablename not in ('orgs', 'gateways') and tablename not like 'auth_%' and not exists (
      select 1 from information_schema.columns c
      where c.table_schema = 'public' and c.table_name = t.tablename and c.column_name = 'org_id' and c.is_nullable = 'NO')`)
  expect(without.rows).toEqual([])
})
