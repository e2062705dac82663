'use client'

import { useRouter, useSearchParams } from 'next/navigation'
import Link from 'next/link'
import { ChevronRight } from 'lucide-react'
import { faultOfError } from '../../trpc/fault.ts'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Tabs } from '../../ui/Tabs.tsx'
import { AgentHead } from './AgentHead.tsx'
import { AgentRuns } from './AgentRuns.tsx'
import { changesBetween } from './changes.ts'
import { DraftTab } from './DraftTab.tsx'
import { InUseTab } from './InUseTab.tsx'
import { PermissionsTab } from './PermissionsTab.tsx'
import { useAgentDraft } from './useAgentDraft.ts'
import { VersionsTab } from './VersionsTab.tsx'
import { YamlTab } from './YamlTab.tsx'

const TABS = ['draft', 'in-use', 'permissions', 'versions', 'runs', 'yaml'] as const
type TabName = (typeof TABS)[number]

/** `/agents/fixer`, and `?tab=versions` and the like. */
export function Agent({ name }: { name: string }) {
  const router = useRouter()
  const search = useSearchParams()
  const draft = useAgentDraft(name)
  const asked = search.get('tab')
  const tab: TabName = TABS.find((one) => one === asked) ?? 'draft'
  const { agent, spec, version, baseVersion } = draft
  const isNew = agent.data === undefined
  const isUnknown = isNew && (agent.error === null || faultOfError(agent.error)?.code === 'agent.unknown')
  if (spec === null)
    return (
      <>
        <Crumb name={name} />
        <h1>{name}</h1>
        {agent.isPending || draft.kept.isPending ? (
          <LoadingRows of="Reading the agent" />
        ) : (
          <ErrorInPlace error={agent.error ?? draft.kept.error} retry={() => void agent.refetch()} />
        )}
      </>
    )
  const changes = changesBetween(agent.data?.spec ?? null, spec)
  const go = (to: TabName) => router.push(hrefOf(name, to), { scroll: false })
  return (
    <>
      <Crumb name={name} />
      <AgentHead name={name} draft={draft} changes={changes.length} spec={spec}>
        {isUnknown || agent.error === null ? null : (
          <ErrorInPlace error={agent.error} retry={() => void agent.refetch()} />
        )}
        <Tabs
          name="Parts of this agent"
          tabs={[
            {
              href: hrefOf(name, 'draft'),
              name: `Draft of v${baseVersion + 1}`,
              count: changes.length || undefined,
              isHere: tab === 'draft',
            },
            ...(isNew
              ? []
              : [
                  { href: hrefOf(name, 'in-use'), name: `v${version}, in use`, isHere: tab === 'in-use' },
                  { href: hrefOf(name, 'permissions'), name: 'Permissions', isHere: tab === 'permissions' },
                  { href: hrefOf(name, 'versions'), name: 'Versions', isHere: tab === 'versions' },
                  { href: hrefOf(name, 'runs'), name: 'Runs', isHere: tab === 'runs' },
                ]),
            { href: hrefOf(name, 'yaml'), name: 'YAML', isHere: tab === 'yaml' },
          ]}
        />
        {tab === 'draft' ? <DraftTab name={name} draft={draft} spec={spec} changes={changes} /> : null}
        {tab === 'in-use' && agent.data !== undefined ? <InUseTab spec={agent.data.spec} version={version} /> : null}
        {tab === 'permissions' && agent.data !== undefined ? (
          <PermissionsTab spec={agent.data.spec} version={version} />
        ) : null}
        {tab === 'versions' && !isNew ? (
          <VersionsTab
            name={name}
            inUse={version}
            onRestore={(restored) => {
              draft.replace(restored)
              go('draft')
            }}
          />
        ) : null}
        {tab === 'runs' && !isNew ? <AgentRuns name={name} /> : null}
        {tab === 'yaml' ? <YamlTab name={name} draft={draft} spec={spec} onTaken={() => go('draft')} /> : null}
      </AgentHead>
    </>
  )
}

function hrefOf(name: string, tab: TabName): string {
  return tab === 'draft' ? `/agents/${name}` : `/agents/${name}?tab=${tab}`
}

function Crumb({ name }: { name: string }) {
  return (
    <p className="crumb">
      <Link href="/agents">Agents</Link>
      <ChevronRight className="i s" aria-hidden="true" />
      {name}
    </p>
  )
}
