import { drizzle } from 'drizzle-orm/node-postgres'
import type { Database } from './database.ts'
import { authAccounts, authPasskeys, authSessions, authUsers, authVerifications } from './schema/auth.ts'

/** The tables under the names by which better-auth knows them. */
export const authTables = {
  user: authUsers,
  session: authSessions,
  account: authAccounts,
  verification: authVerifications,
  passkey: authPasskeys,
}

/** What better-auth writes through: these tables, on our pool. */
export function authDatabase({ pool }: Pick<Database, 'pool'>) {
  return drizzle(pool, { schema: authTables })
}
