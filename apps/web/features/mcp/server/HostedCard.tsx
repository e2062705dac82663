import { FAULTS } from '@errand/contracts'
import { Code } from '../../../ui/Code.tsx'
import { KeyValues } from '../../../ui/KeyValues.tsx'
import { Ago } from '../../../ui/Time.tsx'
import { Words } from '../../../ui/Words.tsx'
import { HOSTED_WORDS } from '../hostedWords.ts'
import type { Server } from '../types.ts'

/** How a server that is run here does, and why it does not. */
export function HostedCard({ server: { spec, hosted } }: { server: Server }) {
  if (spec.type !== 'hosted') return null
  const isUp = hosted?.state === 'running'
  return (
    <section className="panel perm" aria-labelledby="hosted">
      <h2 id="hosted">Its process</h2>
      {hosted?.state === 'failed' && hosted.failure !== null ? (
        <p className="small breaks hosted-failure" role="status">
          <b>{FAULTS[hosted.failure.code].words}</b> <Words>{hosted.failure.words}</Words>{' '}
          {hosted.nextAt === null ? null : (
            <>
              Tried again <Ago at={hosted.nextAt} />, when somebody asks for it.
            </>
          )}
        </p>
      ) : null}
      <KeyValues
        rows={[
          ['State', hosted === null ? 'Never asked for yet' : HOSTED_WORDS[hosted.state]],
          ...(isUp && hosted.startedAt !== null
            ? [
                ['Started', <Ago key="started" at={hosted.startedAt} />] as const,
                [
                  'Memory',
                  hosted.memoryMib === 0 ? 'not measured yet' : `${hosted.memoryMib} of ${spec.memoryMib} MiB`,
                ] as const,
                ['Sessions', String(hosted.sessions)] as const,
              ]
            : []),
          ['Starts', hosted === null ? '0' : String(hosted.starts)],
          ['Crashes', hosted === null ? '0' : String(hosted.crashes)],
          ...(hosted?.state !== 'failed' && hosted?.failure ? [['Last error', hosted.failure.words] as const] : []),
          ['May reach', spec.hosts.length === 0 ? 'no host' : spec.hosts.join(', ')],
          ['Stops', `after ${spec.idleMinutes} min without a call`],
          ...(spec.package.registry === 'oci' && spec.package.sha256 !== undefined
            ? [['Image', <Code key="image">{`sha256:${spec.package.sha256.slice(0, 16)}…`}</Code>] as const]
            : []),
          ...(hosted === null || hosted.bundle === null
            ? []
            : [['Installed', <Code key="bundle">{`sha256:${hosted.bundle.slice(0, 16)}…`}</Code>] as const]),
        ]}
      />
    </section>
  )
}
