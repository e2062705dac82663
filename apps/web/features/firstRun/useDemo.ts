'use client'

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC, useTRPCClient } from '../../trpc/client.tsx'
import { newKey } from '../composer/task.ts'
import { usePlaceRows } from '../runs/useRunGroups.ts'

const PROMPT = 'Find out why the test in the sample repository fails, fix it, and bring back a patch.'

/** Fires the demo task, once however often it is pressed. */
export function useDemo() {
  const client = useTRPCClient()
  const place = usePlaceRows()
  const [idempotencyKey] = useState(newKey)
  const create = useMutation(
    useTRPC().runs.create.mutationOptions({
      onSuccess: async ({ runId }) => place(await client.runs.rows.query({ runIds: [runId] })),
    }),
  )
  return { ...create, fire: () => create.mutate({ prompt: PROMPT, agent: 'demo', idempotencyKey }) }
}
