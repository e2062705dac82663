import type { OrgId, UserId } from '@errand/contracts'
import { boolean, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { byteText, id, time } from './columns.ts'

/**
 * How people sign in. better-auth writes most of these rows, so the keys here are its field names; the columns are ours.
 * Nothing in them opens a door: session tokens and claim links are kept as SHA-256, passwords as scrypt.
 */

/** The id is that of the row in `users`: whoever signs in is that person. */
export const authUsers = pgTable('auth_users', {
  id: byteText('id').$type<UserId>().primaryKey(),
  name: text('name').notNull(),
  /** better-auth wants one. Nothing is ever sent to it. */
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull(),
  image: text('image'),
  createdAt: time('created_at').notNull(),
  updatedAt: time('updated_at').notNull(),
})

const authUser = () =>
  byteText('user_id')
    .$type<UserId>()
    .notNull()
    .references(() => authUsers.id)

export const authSessions = pgTable(
  'auth_sessions',
  {
    id: id('id', 'session').primaryKey(),
    userId: authUser(),
    /** SHA-256 of the cookie's token, hex. */
    token: byteText('token_hash').notNull().unique(),
    createdAt: time('created_at').notNull(),
    /** When it was last used, to the minute. */
    updatedAt: time('updated_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
  },
  (t) => [index('auth_sessions_by_user').on(t.userId, t.id), index('auth_sessions_to_forget').on(t.expiresAt)],
)

export const authAccounts = pgTable(
  'auth_accounts',
  {
    id: id('id', 'login').primaryKey(),
    userId: authUser(),
    providerId: text('provider_id').notNull(),
    accountId: text('account_id').notNull(),
    /** scrypt; null for an account of an identity provider. */
    password: text('password'),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: time('access_token_expires_at'),
    refreshTokenExpiresAt: time('refresh_token_expires_at'),
    scope: text('scope'),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('auth_accounts_by_user').on(t.userId)],
)

/** Questions put to a passkey that wait for its answer, five minutes at most. */
export const authVerifications = pgTable(
  'auth_verifications',
  {
    id: byteText('id').primaryKey(),
    identifier: text('identifier').notNull(),
    value: text('value').notNull(),
    expiresAt: time('expires_at').notNull(),
    createdAt: time('created_at').notNull(),
    updatedAt: time('updated_at').notNull(),
  },
  (t) => [index('auth_verifications_by_identifier').on(t.identifier)],
)

export const authPasskeys = pgTable(
  'auth_passkeys',
  {
    id: id('id', 'passkey').primaryKey(),
    userId: authUser(),
    name: text('name'),
    publicKey: text('public_key').notNull(),
    credentialID: text('credential_id').notNull().unique(),
    counter: integer('counter').notNull(),
    deviceType: text('device_type').notNull(),
    backedUp: boolean('backed_up').notNull(),
    transports: text('transports'),
    createdAt: time('created_at'),
    aaguid: text('aaguid'),
  },
  (t) => [index('auth_passkeys_by_user').on(t.userId)],
)

/** A link that makes whoever opens it first the owner of the account. */
export const claimLinks = pgTable('claim_links', {
  /** SHA-256 of what stands in the address, hex. */
  hash: byteText('hash').primaryKey(),
  orgId: byteText('org_id').$type<OrgId>().notNull(),
  userId: byteText('user_id').$type<UserId>().notNull(),
  createdAt: time('created_at').notNull(),
  expiresAt: time('expires_at').notNull(),
})
