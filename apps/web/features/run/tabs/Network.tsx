'use client'

import { Check, ShieldBan } from 'lucide-react'
import { Arriving } from '../../../ui/Arriving.tsx'
import { Code } from '../../../ui/Code.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { count, counted } from '../../../ui/format/amount.ts'
import { Ago } from '../../../ui/Time.tsx'
import { lazy } from '../../../ui/lazy.ts'
import type { HostSeen } from '../live/networkFold.ts'
import type { RunView } from '../types.ts'

const AllowHost = lazy(() => import('../cards/AllowHost.tsx').then(({ AllowHost: it }) => ({ default: it })))

/** Every host that was wanted: reached or refused, how often, and by which program. */
export function Network({ run, hosts }: { run: RunView; hosts: readonly HostSeen[] }) {
  if (hosts.length === 0)
    return <Empty title="No host was wanted">What the sandbox reaches, and what is refused it, will be here.</Empty>
  const refusedFirst = hosts.toSorted((a, b) => Number(a.isAllowed) - Number(b.isAllowed) || b.count - a.count)
  return (
    <section aria-label="Network">
      <p className="small two part-lead">
        The network level of this run is <b>{run.network}</b>. The model and the repositories go through the gateway and
        are not listed here.
      </p>
      <table className="tbl">
        <thead>
          <tr>
            <th>Host</th>
            <th>Came to</th>
            <th className="num">Times</th>
            <th>Wanted by</th>
            <th>Last</th>
          </tr>
        </thead>
        <tbody>
          {refusedFirst.map((host) => (
            <tr key={`${host.isAllowed} ${host.host}`}>
              <td>
                <Code>{host.host}</Code>
              </td>
              <td data-h="Came to">
                <div>
                  <span className={host.isAllowed ? 'nw' : 'nw fault'}>
                    {host.isAllowed ? (
                      <Check className="i s" aria-hidden="true" />
                    ) : (
                      <ShieldBan className="i s" aria-hidden="true" />
                    )}{' '}
                    {host.isAllowed ? 'Reached' : 'Refused'}
                  </span>
                  {host.isAllowed ? null : (
                    <Arriving>
                      <AllowHost run={run} host={host.host} />
                    </Arriving>
                  )}
                </div>
              </td>
              <td className="num" data-h="Times">
                {count(host.count)}
              </td>
              <td data-h="Wanted by">
                {host.commands.length === 0 ? 'not known' : <Commands commands={host.commands} />}
              </td>
              <td className="nw" data-h="Last">
                <Ago at={host.lastAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small three part-lead">{counted(hosts.length, 'host')}</p>
    </section>
  )
}

function Commands({ commands }: { commands: readonly string[] }) {
  return (
    <span className="commands">
      {commands.map((command) => (
        <Code key={command}>{command}</Code>
      ))}
    </span>
  )
}
