'use client'

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPCClient } from '../../trpc/client.tsx'
import { faultOfError } from '../../trpc/fault.ts'
import type { Outgoing } from '../runs/outgoing.ts'
import { usePlaceRows } from '../runs/useRunGroups.ts'
import { newKey, type Task } from './task.ts'

interface Shot {
  readonly key: string
  readonly task: Task
  readonly attempts: number
}

/** A task that was refused, or for which there was no answer. */
export interface NotSent {
  readonly task: Task
  readonly error: unknown
}

/**
 * Sends tasks off. The row stands in the list at once, before the server has answered; a task that is sent again because the
 * answer was lost becomes the same run, by its key.
 */
export function useFire({ onNotSent }: { onNotSent: (shot: NotSent) => void }) {
  const client = useTRPCClient()
  const place = usePlaceRows()
  const [outgoing, setOutgoing] = useState<readonly Outgoing[]>([])
  const create = useMutation({
    mutationFn: async ({ key, task, attempts }: Shot) => {
      const request = { ...task, idempotencyKey: key }
      const runIds =
        attempts === 1
          ? [(await client.runs.create.mutate(request)).runId]
          : [...(await client.runs.createMany.mutate({ ...request, attempts })).runIds]
      place(await client.runs.rows.query({ runIds }))
    },
    // What got no answer is asked again; what was refused stays refused.
    retry: (count, error) => faultOfError(error) === null && count < 2,
    onError: (error, { task }) => onNotSent({ task, error }),
    onSettled: (_data, _error, { key }) => setOutgoing((before) => before.filter((one) => one.key !== key)),
  })
  const fire = (task: Task, attempts = 1) => {
    const key = newKey()
    const repositories = (task.repositories ?? []).map(({ repository }) => repository)
    setOutgoing((before) => [{ key, prompt: task.prompt, repositories, attempts }, ...before])
    create.mutate({ key, task, attempts })
  }
  return { fire, outgoing }
}
