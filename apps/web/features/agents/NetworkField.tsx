'use client'

import { NETWORK_LEVELS, type NetworkLevel } from '@errand/contracts'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTRPC } from '../../trpc/client.tsx'

const LEVELS: Readonly<Record<NetworkLevel, readonly [name: string, words: string]>> = {
  none: ['None', 'Only the model and its repositories'],
  trusted: ['Trusted', 'Your git hosts, package registries, and the trusted hosts of the settings'],
  custom: ['Custom', 'Its own list and nothing else'],
  full: ['Full', 'The whole internet. Every request is still recorded'],
}

const SHOWN = 3

export function NetworkField({ value, onChange }: { value: NetworkLevel; onChange: (level: NetworkLevel) => void }) {
  const group = useId()
  return (
    <fieldset className="opts">
      <legend className="vh">Network level</legend>
      {NETWORK_LEVELS.map((level) => (
        <label key={level}>
          <input type="radio" name={group} checked={level === value} onChange={() => onChange(level)} />
          <b>{LEVELS[level][0]}</b>
          <span className="small two">
            {LEVELS[level][1]}
            {level === 'trusted' && value === 'trusted' ? <TrustedHosts /> : null}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

function TrustedHosts() {
  const trpc = useTRPC()
  const hosts = useQuery(trpc.settings.get.queryOptions()).data?.trustedHosts ?? []
  if (hosts.length === 0) return null
  return (
    <span className="hosts mono">
      {hosts.slice(0, SHOWN).map((host) => (
        <span key={host}>{host}</span>
      ))}
      {hosts.length > SHOWN ? <span className="plain">and {hosts.length - SHOWN} more</span> : null}
    </span>
  )
}
