import type { OrgId, RunId, RunStatus } from '@errand/contracts'
import type { Database, Queryable, Statement } from '../database.ts'
import { LIST_JOINS, LISTED, type ListedRow, type Page, type Reader } from './runLists.ts'
import { AFTER_ALL } from './runs.ts'

/** `kept`: all but the archived. `done`: of these, what needs no look any more. */
export type ArchiveFilter = 'all' | 'kept' | 'archived' | 'done'

export interface RunFilter {
  readonly text: string | null
  readonly status: readonly RunStatus[] | null
  readonly agentId: string | null
  readonly repository: string | null
  readonly archive: ArchiveFilter
}

interface Search extends Page {
  readonly filter: RunFilter
  /** How many runs one call may look at; a page can be short because of it and still have a next one. */
  readonly walk: number
}

/** Where a walk goes along: the narrowest index that the filter allows. */
const WALKS = {
  all: `select id from runs where org_id = $1 and id < $3 order by id desc limit $4`,
  status: `
    select one.id from unnest($6::text[]) as wanted (status) cross join lateral (
      select id from runs where org_id = $1 and status = wanted.status and id < $3 order by id desc limit $4
    ) one order by one.id desc limit $4`,
  agent: `select id from runs where org_id = $1 and agent_id = $7 and id < $3 order by id desc limit $4`,
  repository: `select run_id as id from run_repositories where org_id = $1 and repository = $8 and run_id < $3
    order by run_id desc limit $4`,
  known: `select id from unnest($11::text[]) as known (id) where id < $3 order by id desc limit $4`,
} as const
type Walk = keyof typeof WALKS

/** Every statement here takes the same values, so each names them all once and in a type. */
const MATCHES = `
  ($6::text[] is null or r.status = any($6::text[]))
  and ($7::text is null or r.agent_id = $7::text)
  and ($8::text is null or exists (
    select 1 from run_repositories f where f.org_id = $1 and f.repository = $8::text and f.run_id = r.id))
  and ($9::text is null or r.title ilike $9::text)
  and case $10::text
    when 'all' then true
    when 'archived' then m.archived_at is not null
    when 'kept' then m.archived_at is null
    else m.run_id is null or (m.archived_at is null and m.seen_at is not null) end
  and ($11::text[] is null or true)`

const pageOf = (walk: Walk): Statement => ({
  name: `search-${walk}`,
  text: `
    with walked as (${WALKS[walk]})
    select ${LISTED} from walked w join runs r on r.id = w.id ${LIST_JOINS} where ${MATCHES}
    order by w.id desc limit $5`,
})
const PAGES: Readonly<Record<Walk, Statement>> = {
  all: pageOf('all'),
  status: pageOf('status'),
  agent: pageOf('agent'),
  repository: pageOf('repository'),
  known: pageOf('known'),
}

/** The end of a walk needs no run's row. It takes the same values, and says so of those that it does not use. */
const endOf = (walk: Walk): Statement => ({
  name: `search-end-${walk}`,
  text: `
    with walked as (${WALKS[walk]})
    select min(id) as last, count(*)::integer as length from walked
    where ($1::text, $2::text, $5::integer, $6::text[], $7::text, $8::text, $9::text, $10::text, $11::text[]) is not null or true`,
})
const ENDS: Readonly<Record<Walk, Statement>> = {
  all: endOf('all'),
  status: endOf('status'),
  agent: endOf('agent'),
  repository: endOf('repository'),
  known: endOf('known'),
}

/**
 * Newest first. `next` is where to go on below, null at the end. The work of one call is bounded by `walk`, whatever is
 * asked for; words that are rare are found through their own index, however old the run is.
 */
export async function searchRunRows(
  db: Database,
  reader: Reader,
  { before, limit, walk, filter }: Search,
): Promise<{ rows: readonly ListedRow[]; next: RunId | null }> {
  const known = filter.text === null ? null : await findRareWords(db, reader.orgId, filter.text)
  const along = walkOf(filter, known)
  const values = [
    reader.orgId,
    reader.userId,
    before ?? AFTER_ALL,
    walk,
    limit + 1,
    filter.status,
    filter.agentId,
    filter.repository,
    filter.text === null ? null : containing(filter.text),
    filter.archive,
    known,
  ]
  const found = await db.rows<ListedRow>(PAGES[along], values)
  const rows = found.slice(0, limit)
  if (found.length > limit) return { rows, next: rows.at(-1)?.id ?? null }
  const end = await db.row<{ last: RunId | null; length: number }>(ENDS[along], values)
  return { rows, next: end?.length === walk ? end.last : null }
}

function walkOf({ repository, agentId, status }: RunFilter, known: readonly RunId[] | null): Walk {
  if (known !== null) return 'known'
  if (repository !== null) return 'repository'
  if (agentId !== null) return 'agent'
  return status === null ? 'all' : 'status'
}

/** `%` and `_` are letters like any other to who types them. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`
}

const RARE = 1_000
/** A shorter word has no trigram, and would read the whole index. */
const SHORTEST_WORD = 3

const HAS_WORDS: Statement = {
  name: 'search-has-words',
  text: `select to_regclass('runs_by_words') is not null as "has"`,
}
/** What the planner takes the number to be, from its sample of the titles: no row is read for it. */
const GUESS: Statement = {
  name: 'search-guess',
  text: `explain (format json) select id from runs where org_id = $1 and title ilike $2`,
}
/** From here on the index would be read for longer than a walk through the newest takes, which finds enough of them. */
const COMMON = 10_000
const WORDS: Statement = {
  name: 'search-words',
  text: `select id from runs where org_id = $1 and title ilike $2 limit ${RARE}`,
}
const BY_BITMAP: Statement = {
  name: 'search-by-bitmap',
  text: `select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`,
}

/** Every run whose title holds the text, when they are few; null when they are many, or cannot be found this way. */
async function findRareWords(db: Database, orgId: OrgId, text: string): Promise<RunId[] | null> {
  if (text.length < SHORTEST_WORD || !(await hasWords(db))) return null
  if ((await guessRows(db, orgId, text)) > COMMON) return null
  const rows = await db.transaction(async (tx) => {
    // Left alone, the planner reads the table: it cannot know that a word which is not given yet is rare.
    await tx.row(BY_BITMAP)
    return tx.rows<{ id: RunId }>(WORDS, [orgId, containing(text)])
  })
  return rows.length < RARE ? rows.map(({ id }) => id) : null
}

async function guessRows(db: Database, orgId: OrgId, text: string): Promise<number> {
  const told = await db.row<{ 'QUERY PLAN': readonly [{ Plan: { 'Plan Rows': number } }] }>(GUESS, [
    orgId,
    containing(text),
  ])
  return told?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}

const known = new WeakMap<Queryable, boolean>()

async function hasWords(db: Database): Promise<boolean> {
  const before = known.get(db)
  if (before !== undefined) return before
  const has = (await db.row<{ has: boolean }>(HAS_WORDS))?.has ?? false
  known.set(db, has)
  return has
}
