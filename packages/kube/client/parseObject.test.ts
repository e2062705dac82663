import { describe, expect, it } from 'vitest'
import { parseObject } from './parseObject.ts'

const managedFields = [
  { manager: 'a "kubelet"]', fieldsV1: { 'k:{"ip":"10.0.0.1"}': { '.': {}, 'v:"\\"': [['x'], '\\'] } } },
  { manager: 'errand', fieldsV1: {} },
]

describe('an object of the API', () => {
  it('is read without what says who wrote which field', () => {
    const spec = { nodeName: 'a', args: ['"managedFields":[', '\\', ']'] }
    const pod = { kind: 'Pod', metadata: { name: 'p', managedFields, uid: 'u' }, spec }
    const list = { kind: 'PodList', metadata: {}, items: [pod, { ...pod, spec: null }] }
    const bare = { ...pod, metadata: { ...pod.metadata, managedFields: [] } }
    expect(parseObject(JSON.stringify(pod))).toEqual(bare)
    expect(parseObject(JSON.stringify(list))).toEqual({ ...list, items: [bare, { ...bare, spec: null }] })
    expect(parseObject(JSON.stringify({ metadata: { managedFields: [] } }))).toEqual({
      metadata: { managedFields: [] },
    })
  })

  it('is otherwise read as it is', () => {
    for (const value of [{ kind: 'Status', message: 'a "managedFields":[ b' }, [], 'x', null, 3])
      expect(parseObject(JSON.stringify(value))).toEqual(value)
  })

  it.each(['<html>', '', '{"metadata":{"managedFields":[{"a":[1]}', '{"metadata":{"managedFields":[]} x'])(
    'is refused where it is none: %s',
    (text) => {
      expect(() => parseObject(text)).toThrow(SyntaxError)
    },
  )
})
