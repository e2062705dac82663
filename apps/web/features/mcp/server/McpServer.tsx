'use client'

import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useTRPC } from '../../../trpc/client.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../../ui/LoadingRows.tsx'
import { Tabs } from '../../../ui/Tabs.tsx'
import { isComing } from '../hostedWords.ts'
import { CallsTab } from './CallsTab.tsx'
import { DayBars } from './DayBars.tsx'
import { LogTab } from './LogTab.tsx'
import { OverviewTab } from './OverviewTab.tsx'
import { ServerHead } from './ServerHead.tsx'
import { SettingsTab } from './SettingsTab.tsx'
import { TryTab } from './TryTab.tsx'
import { VersionsTab } from './VersionsTab.tsx'

const TABS = [
  ['tools', 'Tools'],
  ['try', 'Try it'],
  ['calls', 'Calls'],
  ['log', 'Log'],
  ['settings', 'Settings'],
  ['versions', 'Versions'],
] as const
type TabName = (typeof TABS)[number][0]

/** `/mcp/github`, and `?tab=calls` and the like. `?test` tests it at once: it was just saved. */
export function McpServer({ name }: { name: string }) {
  const trpc = useTRPC()
  const search = useSearchParams()
  const asked = search.get('tab')
  const tab: TabName = TABS.find(([one]) => one === asked)?.[0] ?? 'tools'
  const server = useQuery(
    trpc.mcp.get.queryOptions(
      { name },
      {
        retry: false,
        refetchInterval: ({ state: { data } }) =>
          isComing(data?.hosted ?? null) ? 1_000 : data?.spec.type === 'hosted' ? 5_000 : 30_000,
      },
    ),
  )
  if (server.data === undefined)
    return (
      <>
        <Crumb name={name} />
        <h1>{name}</h1>
        {server.isPending ? (
          <LoadingRows of="Reading the server" />
        ) : (
          <ErrorInPlace error={server.error} retry={() => void server.refetch()} />
        )}
      </>
    )
  return (
    <>
      <Crumb name={name} />
      <ServerHead server={server.data} isToTest={search.has('test')} />
      {server.error === null ? null : (
        <ErrorInPlace
          error={server.error}
          retry={() => void server.refetch()}
          since={new Date(server.dataUpdatedAt).toISOString()}
        />
      )}
      <DayBars name={name} />
      <Tabs
        name="Parts of this server"
        tabs={TABS.filter(([id]) => id !== 'log' || server.data.spec.type === 'hosted').map(([id, words]) => ({
          href: hrefOf(name, id),
          name: words,
          isHere: id === tab,
        }))}
      />
      {tab === 'tools' ? <OverviewTab server={server.data} /> : null}
      {tab === 'try' ? <TryTab server={server.data} asked={search.get('tool')} /> : null}
      {tab === 'calls' ? <CallsTab name={name} /> : null}
      {tab === 'log' ? <LogTab name={name} /> : null}
      {tab === 'settings' ? <SettingsTab key={server.data.version} server={server.data} /> : null}
      {tab === 'versions' ? <VersionsTab server={server.data} /> : null}
    </>
  )
}

function hrefOf(name: string, tab: TabName): string {
  return tab === 'tools' ? `/mcp/${name}` : `/mcp/${name}?tab=${tab}`
}

function Crumb({ name }: { name: string }) {
  return (
    <p className="crumb">
      <Link href="/mcp">MCP servers</Link>
      <ChevronRight className="i s" aria-hidden="true" />
      {name}
    </p>
  )
}
