'use client'

import { useQuery } from '@tanstack/react-query'
import { Hand } from 'lucide-react'
import dynamic from 'next/dynamic'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTRPC } from '../../trpc/client.tsx'
import { ButtonLink } from '../../ui/Button.tsx'
import { counted } from '../../ui/format/amount.ts'
import { latency } from '../../ui/format/time.ts'
import { arrived } from '../../ui/lazy.ts'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Ago } from '../../ui/Time.tsx'
import { AddableList } from '../shell/AddableList.tsx'
import { Bars, inHours } from './Bars.tsx'
import { HealthLabel } from './HealthLabel.tsx'
import { healthOf } from './health.ts'
import type { ListedServer, ServerDay } from './types.ts'

/** Reading, searching and the catalogue come with the first press. */
const AddServer = dynamic(() => arrived(() => import('./add/AddServer.tsx')).then((part) => part.AddServer), {
  loading: () => <LoadingRows of="Opening the form" />,
  // What is typed into it before it is alive would be lost.
  ssr: false,
})

/** `/mcp?add` opens the form; `?add=github` with that server of the catalogue. */
export function McpServers() {
  const router = useRouter()
  const { mcp } = useTRPC()
  const list = useQuery({ ...mcp.list.queryOptions(), refetchInterval: 30_000 })
  const days = useQuery({ ...mcp.days.queryOptions(), refetchInterval: 60_000 })
  const taken = (list.data ?? []).map(({ name }) => name)
  return (
    <AddableList
      path="/mcp"
      title="MCP servers"
      noun="server"
      lead="Set up once here, then chosen per agent. Sandboxes reach them through the gateway and never see a credential."
      list={list}
      none="A server gives agents tools: issues, documents, databases, a browser. Pick a well-known one, search the registry, or paste what its README says."
      form={(asked, close) => (
        <AddServer
          key={asked.toString()}
          start={asked.get('add') ?? ''}
          taken={taken}
          onClose={close}
          onAdded={(name) => router.push(`/mcp/${name}?test`)}
        />
      )}
    >
      {(servers) => (
        <>
          <NeedYou servers={servers} />
          <table className="tbl srvtbl top">
            <thead>
              <tr>
                <th>Server</th>
                <th>Health</th>
                <th>Tools</th>
                <th>Used by</th>
                <th className="no-phone">Last day</th>
                <th className="num">Typical call</th>
              </tr>
            </thead>
            <tbody>
              {servers.map((server) => (
                <ServerRow key={server.name} server={server} day={days.data?.[server.name]} />
              ))}
            </tbody>
          </table>
        </>
      )}
    </AddableList>
  )
}

function NeedYou({ servers }: { servers: readonly ListedServer[] }) {
  return servers
    .filter((server) => healthOf(server) === 'needs-you')
    .map(({ name, agents, lastTest }) => (
      <div key={name} className="callout flag act top" role="status">
        <Hand className="i" aria-hidden="true" />
        <span>
          <b>{name} needs you.</b> {lastTest?.words}{' '}
          {agents.length === 0 ? '' : `${counted(agents.length, 'agent')} would use it.`}
        </span>
        <ButtonLink href={`/mcp/${name}`}>Sign in</ButtonLink>
      </div>
    ))
}

function ServerRow({ server, day }: { server: ListedServer; day: ServerDay | undefined }) {
  const { name, spec, lastTest, agents } = server
  return (
    <tr>
      <td className="mid">
        <Link className="nm" href={`/mcp/${name}`}>
          {name}
        </Link>
        <br />
        <span className="three">
          {spec.type === 'hosted' ? 'Hosted here' : 'Remote'},{' '}
          <span className="mono">{spec.type === 'hosted' ? spec.package.name : hostOf(spec.url)}</span>
        </span>
      </td>
      <td className="mid">
        <HealthLabel health={healthOf(server)} />
        <span className="three no-phone below">
          {server.hosted?.state === 'stopped' ? (
            'starts with the first call'
          ) : lastTest === null ? (
            'not once'
          ) : (
            <>
              tested <Ago at={lastTest.at} />
            </>
          )}
        </span>
      </td>
      <td className="mid">
        <span>
          {lastTest?.sight === null || lastTest === null ? <span className="three">not known</span> : toolWords(server)}
        </span>
      </td>
      <td className="mid">
        <span>{agents.length === 0 ? <span className="three">no agent</span> : agents.join(', ')}</span>
      </td>
      <td className="mid no-phone">
        <LastDay day={day} />
      </td>
      <td className="mid num">
        <span>{typical(day, lastTest)}</span>
      </td>
    </tr>
  )
}

const TALLEST = 18

function LastDay({ day }: { day: ServerDay | undefined }) {
  if (day === undefined) return <span className="three">no call</span>
  const calls = day.slots.reduce((sum, slot) => sum + slot.calls, 0)
  const errors = day.slots.reduce((sum, slot) => sum + slot.errors, 0)
  return (
    <span className="list-bars">
      <Bars slots={inHours(day.slots)} tallest={TALLEST} />
      <span className="three">
        {counted(calls, 'call')}
        {errors === 0 ? '' : `, ${counted(errors, 'error')}`}
      </span>
    </span>
  )
}

/** Of the last day; of a server that nobody called, what its test took. */
function typical(day: ServerDay | undefined, lastTest: ListedServer['lastTest']): string {
  const ms = day?.typicalMs ?? lastTest?.sight?.roundTripMs
  return ms === undefined ? '' : latency(ms)
}

function toolWords({ tools, heldTools }: ListedServer): string {
  return heldTools === 0 ? String(tools) : `${tools}, ${heldTools} held back`
}

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
