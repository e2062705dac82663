'use client'

import { type SubmitEvent, useState } from 'react'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { TextField } from '../../ui/Field.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { hostsIn } from './hostLines.ts'
import { SaveBar } from './SaveBar.tsx'
import { Section } from './Section.tsx'
import { useSettings } from './useSettings.ts'

const LEAD =
  'What sandboxes may reach. Everything goes through the gateway; whatever is on neither list is refused, and shown in the run.'

export function NetworkSettings() {
  const { read, change } = useSettings()
  return (
    <Section id="network" title="Network" lead={LEAD}>
      {read.error === null ? null : <ErrorInPlace error={read.error} retry={() => void read.refetch()} />}
      {read.data === undefined && read.error === null ? <LoadingRows of="Reading the settings" rows={2} /> : null}
      {read.data === undefined ? null : (
        <HostForm
          key={JSON.stringify([read.data.trustedHosts, read.data.privateHosts])}
          trusted={read.data.trustedHosts.join('\n')}
          private={read.data.privateHosts.join('\n')}
          change={change}
        />
      )}
    </Section>
  )
}

interface HostFormProps {
  readonly trusted: string
  readonly private: string
  readonly change: ReturnType<typeof useSettings>['change']
}

function HostForm({ change, ...before }: HostFormProps) {
  const [typed, setTyped] = useState({ trusted: before.trusted, private: before.private })
  const [wrong, setWrong] = useState<{ trusted: string | null; private: string | null }>({
    trusted: null,
    private: null,
  })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const [trusted, privately] = [hostsIn(typed.trusted, 'any'), hostsIn(typed.private, 'with-port')]
    setWrong({ trusted: trusted.error, private: privately.error })
    if (trusted.error === null && privately.error === null)
      change.mutate({ trustedHosts: [...trusted.hosts], privateHosts: [...privately.hosts] })
  }
  return (
    <form className="form settings-form" onSubmit={submit}>
      <TextField
        label="Trusted hosts"
        className="mono"
        rows={4}
        spellCheck={false}
        hint="One a line, as example.org or *.example.org. Added to your git hosts and the package registries of this machine, for agents of the level Trusted."
        value={typed.trusted}
        error={wrong.trusted ?? undefined}
        onChange={(event) => setTyped({ ...typed, trusted: event.target.value })}
      />
      <TextField
        label="Private hosts"
        className="mono"
        rows={3}
        spellCheck={false}
        hint="With their port, as git.lan:3000. No sandbox reaches a private address that is not here."
        value={typed.private}
        error={wrong.private ?? undefined}
        onChange={(event) => setTyped({ ...typed, private: event.target.value })}
      />
      <SaveBar isChanged={typed.trusted !== before.trusted || typed.private !== before.private} change={change} />
    </form>
  )
}
