'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Fingerprint, Pencil, Trash2 } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { useTRPC } from '../../trpc/client.tsx'
import type { RouterOutputs } from '../../trpc/types.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { ErrorInPlace } from '../../ui/ErrorInPlace.tsx'
import { LoadingRows } from '../../ui/LoadingRows.tsx'
import { Clock } from '../../ui/Time.tsx'
import { deviceName } from '../account/deviceName.ts'
import { addPasskey } from '../account/door.ts'
import { PasskeyNote, usePasskeys } from '../account/PasskeyNote.tsx'
import { useDoorAction } from '../account/useDoorAction.ts'
import { Section } from './Section.tsx'

export function PasskeyList() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const list = useQuery(trpc.account.passkeys.list.queryOptions())
  const can = usePasskeys()
  const adding = useDoorAction()
  const add = () =>
    adding.run(async () => {
      await addPasskey({ name: deviceName(navigator.userAgent) })
      await queries.invalidateQueries(trpc.account.pathFilter())
    })
  return (
    <Section id="passkeys" title="Passkeys" lead="Sign in with the finger, face or PIN of a device.">
      {list.error === null ? null : <ErrorInPlace error={list.error} retry={() => void list.refetch()} />}
      {list.isPending ? <LoadingRows of="Reading the passkeys" rows={1} /> : null}
      {list.data?.length === 0 ? (
        <Empty title="No passkey yet.">One takes ten seconds, and nobody can steal it.</Empty>
      ) : null}
      <ul className="list settings-list">
        {list.data?.map((passkey) => (
          <PasskeyRow key={passkey.id} passkey={passkey} />
        ))}
      </ul>
      <div className="acts">
        {can === 'yes' ? (
          <Button icon={Fingerprint} aria-busy={adding.isBusy} onClick={add}>
            Add a passkey
          </Button>
        ) : null}
      </div>
      <PasskeyNote can={can} />
      {adding.wasGivenUp ? <p role="status">No passkey was made.</p> : null}
      {adding.error === null ? null : <ErrorInPlace error={adding.error} />}
    </Section>
  )
}

type Passkey = RouterOutputs['account']['passkeys']['list'][number]

function PasskeyRow({ passkey }: { passkey: Passkey }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const [isRenaming, setIsRenaming] = useState(false)
  const after = { onSuccess: () => queries.invalidateQueries(trpc.account.pathFilter()) }
  const remove = useMutation(trpc.account.passkeys.remove.mutationOptions(after))
  const rename = useMutation(trpc.account.passkeys.rename.mutationOptions(after))
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = new FormData(event.currentTarget).get('name')
    const name = typeof typed === 'string' ? typed.trim() : ''
    setIsRenaming(false)
    if (name !== '' && name !== passkey.name) rename.mutate({ id: passkey.id, name })
  }
  const error = remove.error ?? rename.error
  return (
    <li>
      {isRenaming ? (
        <form className="rowline" onSubmit={submit}>
          <input className="in" name="name" aria-label="Name of this passkey" defaultValue={passkey.name} autoFocus />
          <Button type="submit">Rename</Button>
        </form>
      ) : (
        <span>
          <b>{passkey.name}</b>
          <span className="small three">
            {passkey.createdAt === null ? '' : 'Added '}
            {passkey.createdAt === null ? null : <Clock at={passkey.createdAt} />}
            {passkey.isBackedUp ? ', on several devices' : ', on one device'}
          </span>
        </span>
      )}
      <span className="acts">
        <Button tone="bare" square icon={Pencil} onClick={() => setIsRenaming(!isRenaming)}>
          Rename {passkey.name}
        </Button>
        <Button
          tone="bare"
          square
          icon={Trash2}
          aria-busy={remove.isPending}
          onClick={() => remove.mutate({ id: passkey.id })}
        >
          Remove {passkey.name}
        </Button>
      </span>
      {error === null ? null : <ErrorInPlace error={error} />}
    </li>
  )
}
