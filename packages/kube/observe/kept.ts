import type { Container, Job, Pod } from '../objects.ts'

/** What anybody here reads of a pod, for whoever keeps thousands: most of the rest repeats what was asked for. */
export function keptOfPod({ metadata, spec, status }: Pod): Pod {
  const { nodeName, containers = [], initContainers = [], volumes = [] } = spec ?? {}
  return {
    ...(metadata === undefined ? {} : { metadata }),
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: containers.map(keptOfContainer),
      initContainers: initContainers.map(keptOfContainer),
      // Images in volumes alone.
      volumes: volumes.filter((volume) => 'image' in volume),
    },
    ...(status === undefined ? {} : { status }),
  }
}

/** The same of a Job. */
export function keptOfJob({ metadata, spec, status }: Job): Job {
  const { suspend, managedBy } = spec ?? {}
  return {
    ...(metadata === undefined ? {} : { metadata }),
    spec: {
      ...(suspend === undefined ? {} : { suspend }),
      ...(managedBy === undefined ? {} : { managedBy }),
      template: {},
    },
    ...(status === undefined ? {} : { status }),
  }
}

function keptOfContainer({ name, image }: Container): Container {
  return { name, ...(image === undefined ? {} : { image }) }
}
