'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { Empty } from '../../../ui/Empty.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { SelectField } from '../../../ui/Field.tsx'
import { visible } from '../../../ui/format/visible.ts'
import type { Server, ServerTool } from '../types.ts'
import { ArgumentField } from './ArgumentField.tsx'
import { argumentsOf, type FormArgument, formOf } from './argumentForm.ts'
import { TriedResult } from './TriedResult.tsx'

/** Calls a tool by hand, with a form made of its schema. It is a real call, and on record. */
export function TryTab({ server, asked }: { server: Server; asked: string | null }) {
  const tools = server.toolList.filter(({ isGone }) => !isGone)
  const [name, setName] = useState(() => tools.find((tool) => tool.name === asked)?.name ?? tools[0]?.name ?? '')
  const tool = tools.find((one) => one.name === name)
  if (tool === undefined) return <Empty title="No tool is known.">Test the server first: it lists what it has.</Empty>
  return (
    <div className="cols even">
      <section className="stack">
        <SelectField label="Tool" className="mono" value={name} onChange={(event) => setName(event.target.value)}>
          {tools.map((one) => (
            <option key={one.name} value={one.name}>
              {visible(one.name)}
            </option>
          ))}
        </SelectField>
        <Console key={`${name} ${tool.sha256}`} server={server.name} tool={tool} />
      </section>
    </div>
  )
}

function Console({ server, tool }: { server: string; tool: ServerTool }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const form = formOf(tool.body.inputSchema)
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({})
  const call = useMutation(
    trpc.mcp.callTool.mutationOptions({
      retry: false,
      onSettled: () => queries.invalidateQueries(trpc.mcp.calls.pathFilter()),
    }),
  )
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const read = argumentsOf(form, values)
    setWrong(read.wrong)
    if (Object.keys(read.wrong).length === 0) call.mutate({ server, tool: tool.name, arguments: read.value })
  }
  return (
    <>
      <p className="two small breaks">{visible(tool.body.description ?? '')}</p>
      <form className="stack" aria-label={`Call ${tool.name}`} onSubmit={submit}>
        {form.length === 0 ? <p className="small three">It takes no arguments.</p> : null}
        {form.map((argument: FormArgument) => (
          <ArgumentField
            key={argument.name}
            argument={argument}
            value={values[argument.name] ?? ''}
            error={wrong[argument.name]}
            onChange={(value) => setValues({ ...values, [argument.name]: value })}
          />
        ))}
        <div className="acts">
          <Button type="submit" tone="go" icon={Play} aria-busy={call.isPending}>
            Call it
          </Button>
          <span className="small three">A real call. What it changes is changed.</span>
        </div>
      </form>
      {call.error === null ? null : <ErrorInPlace error={call.error} />}
      {call.data === undefined ? null : <TriedResult tried={call.data} />}
    </>
  )
}
