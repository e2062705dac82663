'use client'

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Activity, ArrowUpCircle, Box, Ellipsis, Globe, OctagonX, RotateCw, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTRPC } from '../../../trpc/client.tsx'
import { Button } from '../../../ui/Button.tsx'
import { DeleteForm } from '../../../ui/DeleteForm.tsx'
import { ErrorInPlace } from '../../../ui/ErrorInPlace.tsx'
import { latency } from '../../../ui/format/time.ts'
import { Menu } from '../../../ui/Menu.tsx'
import { Ago } from '../../../ui/Time.tsx'
import { Words } from '../../../ui/Words.tsx'
import { HealthLabel } from '../HealthLabel.tsx'
import { healthOf } from '../health.ts'
import { HOSTED_WORDS, isComing, packageWords } from '../hostedWords.ts'
import { hostOf } from '../McpServers.tsx'
import type { Server } from '../types.ts'

/** Name, health and what can be done with it. */
export function ServerHead({ server, isToTest }: { server: Server; isToTest: boolean }) {
  const { name, spec, lastTest, hosted, newerVersion } = server
  const [isDeleting, setIsDeleting] = useState(false)
  const test = useTest()
  const restart = useRestart(() => test.mutate({ name }))
  const router = useRouter()
  const testNow = useEffectEvent(() => {
    test.mutate({ name })
    router.replace(`/mcp/${name}`, { scroll: false })
  })
  // The external system is the server: what was just saved is tried at once.
  useEffect(() => {
    if (isToTest) testNow()
  }, [isToTest])
  return (
    <>
      <div className="head">
        <div className="grow">
          <h1>{name}</h1>
          {spec.description === undefined ? null : <p className="lead">{spec.description}</p>}
          <div className="facts" role="status">
            {test.isPending ? (
              <span className="state live box">
                <Activity className="i s" aria-hidden="true" />
                {isComing(hosted) && hosted !== null ? HOSTED_WORDS[hosted.state] : 'Testing'}
              </span>
            ) : (
              <HealthLabel health={healthOf(server)} boxed />
            )}
            {lastTest === null ? null : (
              <span>
                <span>
                  Tested <Ago at={lastTest.at} />
                  {lastTest.sight === null ? '' : `, answered in ${latency(lastTest.sight.roundTripMs)}`}
                </span>
              </span>
            )}
            <span>
              {spec.type === 'hosted' ? (
                <Box className="i s" aria-hidden="true" />
              ) : (
                <Globe className="i s" aria-hidden="true" />
              )}
              {spec.type === 'hosted'
                ? `Hosted here, ${packageWords(spec.package)}${hosted?.state === 'running' && hosted.memoryMib > 0 ? `, ${hosted.memoryMib} MiB` : ''}`
                : `Remote, ${hostOf(spec.url)}`}
            </span>
            {newerVersion === null ? null : (
              <span>
                <ArrowUpCircle className="i s" aria-hidden="true" />
                <Link href={`/mcp/${name}?tab=settings`}>{newerVersion} is out</Link>
              </span>
            )}
          </div>
        </div>
        <div className="acts">
          <Button icon={Activity} aria-busy={test.isPending} onClick={() => test.mutate({ name })}>
            Test
          </Button>
          {spec.type === 'hosted' ? (
            <Button icon={RotateCw} aria-busy={restart.isPending} onClick={() => restart.mutate({ name })}>
              Restart
            </Button>
          ) : null}
          <Menu
            name={`More for ${name}`}
            items={[{ label: 'Delete', icon: Trash2, tone: 'fault', onSelect: () => setIsDeleting(true) }]}
            trigger={(props) => (
              <Button {...props} square icon={Ellipsis}>
                More for {name}
              </Button>
            )}
          />
        </div>
      </div>
      {test.error === null ? null : <ErrorInPlace error={test.error} />}
      {restart.error === null ? null : <ErrorInPlace error={restart.error} />}
      {test.data?.ok === false && lastTest === null ? (
        <div className="callout top" role="status">
          <OctagonX className="i fault" aria-hidden="true" />
          <span>
            <b>The test did not work.</b> <Words>{test.data.words}</Words>
          </span>
        </div>
      ) : null}
      {isDeleting ? <DeleteServer server={server} onClose={() => setIsDeleting(false)} /> : null}
    </>
  )
}

function useTest() {
  const trpc = useTRPC()
  const queries = useQueryClient()
  return useMutation(
    trpc.mcp.test.mutationOptions({
      onSettled: () => queries.invalidateQueries(trpc.mcp.pathFilter()),
    }),
  )
}

/** Whoever restarts it wants to see it come back. */
function useRestart(onRestarted: () => void) {
  return useMutation(useTRPC().mcp.restart.mutationOptions({ onSuccess: onRestarted }))
}

function DeleteServer({ server: { name, agents }, onClose }: { server: Server; onClose: () => void }) {
  const trpc = useTRPC()
  const queries = useQueryClient()
  const router = useRouter()
  const remove = useMutation(
    trpc.mcp.remove.mutationOptions({
      onSuccess: async () => {
        router.push('/mcp')
        await queries.invalidateQueries({ ...trpc.mcp.pathFilter(), refetchType: 'none' })
      },
    }),
  )
  return (
    <DeleteForm
      name={name}
      says={`Delete ${name}`}
      mustType={agents.length > 0}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate({ name })}
      onClose={onClose}
    >
      All its versions are gone for good. Its credentials and the records of its calls stay.
    </DeleteForm>
  )
}
