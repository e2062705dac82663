'use client'

import { type McpServerSpec, mcpServerSpecSchema } from '@errand/contracts'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { FieldGroup } from '../../../ui/FieldGroup.tsx'
import type { Server } from '../types.ts'
import { groupsOf, valueAt, withValue } from './serverFields.ts'
import { SettingField } from './SettingField.tsx'

/** Everything that a server is, field by field. Saving makes the next version; runs under way keep theirs. */
export function SettingsTab({ server }: { server: Server }) {
  const { name, version } = server
  const trpc = useTRPC()
  const queries = useQueryClient()
  const router = useRouter()
  const credentials = useQuery(trpc.credentials.list.queryOptions())
  const [spec, setSpec] = useState<object>(server.spec)
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({})
  const save = useMutation(
    trpc.mcp.save.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.mcp.pathFilter())
        router.push(`/mcp/${name}?test`)
      },
    }),
  )
  const set = (path: string, value: unknown) => setSpec(withValue(spec, path, value))
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const parsed = mcpServerSpecSchema.safeParse(spec)
    const found = parsed.success
      ? {}
      : Object.fromEntries(parsed.error.issues.map(({ path, message }) => [path.slice(0, 2).join('.'), `${message}.`]))
    setWrong(found)
    if (parsed.success) save.mutate({ name, spec: parsed.data, baseVersion: version })
  }
  const isChanged = JSON.stringify(spec) !== JSON.stringify(server.spec)
  return (
    <form className="form settings-form" aria-label={`Settings of ${name}`} onSubmit={submit}>
      {groupsOf(server.spec).map((group) => (
        <FieldGroup key={group.title ?? ''} title={group.title} isFolded={group.isFolded} className="pair two-up">
          {group.fields.map((field) => (
            <SettingField
              key={field.path}
              field={field}
              value={valueAt(spec, field.path)}
              typed={typed[field.path]}
              error={wrong[field.path] ?? wrong[field.path.split('.')[0] ?? '']}
              credentials={credentials.data ?? []}
              onType={(text) => setTyped({ ...typed, [field.path]: text })}
              onWrong={(words) => setWrong(without(wrong, field.path, words))}
              onSet={(value) => set(field.path, value)}
            />
          ))}
        </FieldGroup>
      ))}
      {save.error === null ? null : <ErrorInPlace error={save.error} />}
      <div className="acts">
        <Button type="submit" tone="go" disabled={!isChanged} aria-busy={save.isPending}>
          Save as v{version + 1} and test
        </Button>
        {isChanged ? (
          <Button tone="bare" onClick={() => forget()}>
            Discard the changes
          </Button>
        ) : null}
      </div>
    </form>
  )

  function forget() {
    setSpec(server.spec satisfies McpServerSpec)
    setTyped({})
    setWrong({})
  }
}

function without(
  wrong: Readonly<Record<string, string>>,
  path: string,
  words: string | null,
): Readonly<Record<string, string>> {
  const { [path]: _gone, ...rest } = wrong
  return words === null ? rest : { ...rest, [path]: words }
}
