'use client'

import type { McpUse, ToolVerdict } from '@errand/contracts'
import { type KnownTool, readRules, ruleText, standingOf, withToolVerdict } from '@errand/domain'
import { Ban, Check, Hand } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Field, TextField } from '../../ui/Field.tsx'
import { visible } from '../../ui/format/visible.ts'
import { Segmented } from '../../ui/Segmented.tsx'
import type { Server } from '../mcp/types.ts'

const VERDICTS = [
  { value: 'allow', label: 'Allow', icon: Check },
  { value: 'ask', label: 'Ask', icon: Hand },
  { value: 'deny', label: 'Deny', icon: Ban },
] as const
const SHOWN = 8

interface ToolRulesProps {
  readonly use: McpUse
  readonly server: Server | undefined
  readonly onChange: (use: McpUse) => void
}

/** Each tool with its switch, what holds for the rest, and the rules as lines, for arguments and patterns. */
export function ToolRules({ use, server, onChange }: ToolRulesProps) {
  const [query, setQuery] = useState('')
  const [isAll, setIsAll] = useState(false)
  const tools = (server?.toolList ?? []).filter(({ isGone }) => !isGone)
  const found = tools.filter(({ name }) => name.toLowerCase().includes(query.trim().toLowerCase()))
  const shown = isAll || query !== '' ? found : found.slice(0, SHOWN)
  return (
    <>
      {tools.length > SHOWN ? (
        <Field label="Find a tool" type="search" value={query} onChange={(event) => setQuery(event.target.value)} />
      ) : null}
      <ul className="tools">
        {shown.map(({ name, body, acceptedBody, state }) => {
          const tool: KnownTool = { tool: name, annotations: (acceptedBody ?? body).annotations }
          const standing = standingOf(use, tool)
          return (
            <li key={name}>
              <span>
                <span className="mono">{visible(name)}</span>
                {state === 'accepted' ? null : <span className="small flag"> held back</span>}
                <span className="small three below clamp">
                  {standing === 'depends' ? 'Its arguments decide; see the rules. ' : ''}
                  {visible(body.description ?? '')}
                </span>
              </span>
              <Segmented<ToolVerdict | 'depends'>
                name={name}
                look="pol"
                segments={VERDICTS}
                value={standing}
                onChange={(then) => {
                  if (then !== 'depends') onChange({ ...use, rules: [...withToolVerdict(use, tool, then)] })
                }}
              />
            </li>
          )
        })}
        <li>
          <span>
            <b>Every other tool</b>
            <span className="small three below">also those that come later</span>
          </span>
          <Segmented<ToolVerdict>
            name="Every other tool"
            look="pol"
            segments={VERDICTS}
            value={use.otherwise}
            onChange={(otherwise) => onChange({ ...use, otherwise })}
          />
        </li>
      </ul>
      {shown.length < found.length ? (
        <Button tone="bare" onClick={() => setIsAll(true)}>
          {found.length - shown.length} more tools
        </Button>
      ) : null}
      <RuleLines key={JSON.stringify(use.rules)} use={use} onChange={onChange} />
    </>
  )
}

function RuleLines({ use, onChange }: Omit<ToolRulesProps, 'server'>) {
  const [text, setText] = useState(() => use.rules.map(ruleText).join('\n'))
  const read = readRules(text)
  const take = () => {
    if (read.kind === 'rules' && JSON.stringify(read.rules) !== JSON.stringify(use.rules))
      onChange({ ...use, rules: [...read.rules] })
  }
  return (
    <TextField
      label="Rules"
      rows={Math.max(2, text.split('\n').length)}
      className="mono"
      spellCheck={false}
      autoCapitalize="none"
      hint="One a line, the first that fits decides: ask pay when amount at least 100"
      error={read.kind === 'wrong' ? read.words : undefined}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={take}
    />
  )
}
