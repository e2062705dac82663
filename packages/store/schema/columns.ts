import type { Id, IdKind } from '@errand/contracts'
import { customType, timestamp } from 'drizzle-orm/pg-core'

/** Ids sort by creation time, so they compare by byte: the database's language must have no say in it. */
export const byteText = customType<{ data: string; driverData: string }>({ dataType: () => 'text collate "C"' })
export const id = <K extends IdKind>(name: string, _kind: K) => byteText(name).$type<Id<K>>()
export const time = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })
export const orgId = () => id('org_id', 'org').notNull()
