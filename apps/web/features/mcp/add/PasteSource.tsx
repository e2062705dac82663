'use client'

import { readPasted, type ServerDraft } from '@errand/domain'
import { type SubmitEvent, useState } from 'react'
import { Button } from '../../../ui/Button.tsx'
import { TextField } from '../../../ui/Field.tsx'
import { Words } from '../../../ui/Words.tsx'
import { SourceList } from './SourceList.tsx'

const EXAMPLE = `https://mcp.example.org/mcp
{ "mcpServers": { … } }
claude mcp add …
npx -y … · uvx … · docker run …`

/** Whatever a README gives. It is read in the browser: a token in it goes nowhere but into its field. */
export function PasteSource({ onChoose }: { onChoose: (ways: readonly ServerDraft[]) => void }) {
  const [text, setText] = useState('')
  const [isSent, setIsSent] = useState(false)
  const pasted = readPasted(text)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    setIsSent(true)
    if (pasted.kind === 'servers' && pasted.servers.length === 1) onChoose(pasted.servers)
  }
  const several = pasted.kind === 'servers' && pasted.servers.length > 1 ? pasted.servers : []
  return (
    <form className="stack" aria-label="Paste" onSubmit={submit}>
      <TextField
        label="An address, or what its README says"
        rows={6}
        className="mono"
        spellCheck={false}
        autoCapitalize="none"
        placeholder={EXAMPLE}
        hint="Read here in the browser. Secrets in it become credentials, sealed before they leave it."
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setIsSent(false)
        }}
      />
      {isSent && pasted.kind === 'unreadable' ? (
        <p className="err" role="alert">
          <Words>{pasted.words}</Words>
        </p>
      ) : null}
      {several.length === 0 ? (
        <div className="acts">
          <Button type="submit" tone="go">
            Read it
          </Button>
        </div>
      ) : (
        <SourceList
          name="Servers in it"
          rows={several.map((draft, index) => ({
            id: `${draft.name}-${index}`,
            title: draft.name,
            by: '',
            words:
              draft.spec.type === 'remote'
                ? draft.spec.url
                : `${draft.spec.package.registry} ${draft.spec.package.name}`,
            onChoose: () => onChoose([draft]),
          }))}
        />
      )}
    </form>
  )
}
