#!/bin/sh
# Everything that an installed Errand keeps, in one file: both volumes and the Secrets without which they say nothing. Errand stands
# still meanwhile; runs that are live go on in their pods, and what they have to tell is told when it is back.
#
#   deploy/backup.sh save    FILE.tar     from the release `errand` in the namespace $NAMESPACE (errand)
#   deploy/backup.sh restore FILE.tar     into an Errand that was just installed there; what it kept so far is gone
set -eu
NAMESPACE=${NAMESPACE:-errand}
command=${1:-} file=${2:-}
k() { kubectl --namespace "$NAMESPACE" "$@"; }
image=$(k get deploy errand-api --output 'jsonpath={.spec.template.spec.containers[0].image}')
own_database=$(k get statefulset errand-postgres --ignore-not-found --output name)
# The password of a database of yours is yours.
secrets="errand-vault errand-session${own_database:+ errand-database}"

still() {
  replicas=$(k get deploy --output 'jsonpath={range .items[*]}{.metadata.name}={.spec.replicas} {end}')
  trap 'again' EXIT
  k scale deploy --all --replicas=0 >/dev/null
  # They have something to write down as they end: the database goes last.
  k wait pod --for=delete --selector app.kubernetes.io/name=errand,app.kubernetes.io/component!=postgres --timeout=120s >/dev/null
  [ -z "$own_database" ] || k scale "$own_database" --replicas=0 >/dev/null
  k wait pod --for=delete --selector app.kubernetes.io/name=errand --timeout=120s >/dev/null
  volumes='{"name":"data","persistentVolumeClaim":{"claimName":"errand-data"}}'
  mounts='{"name":"data","mountPath":"/kept/data"}'
  [ -z "$own_database" ] || {
    volumes="$volumes,{\"name\":\"db\",\"persistentVolumeClaim\":{\"claimName\":\"data-errand-postgres-0\"}}"
    mounts="$mounts,{\"name\":\"db\",\"mountPath\":\"/kept/db\"}"
  }
  k apply --filename - >/dev/null <<POD
{"apiVersion":"v1","kind":"Pod","metadata":{"name":"errand-backup"},"spec":{"automountServiceAccountToken":false,
"securityContext":{"runAsNonRoot":true,"runAsUser":10001,"runAsGroup":10001,"fsGroup":10001,"seccompProfile":{"type":"RuntimeDefault"}},
"containers":[{"name":"kept","image":"$image","command":["sleep","3600"],"volumeMounts":[$mounts],
"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}],"volumes":[$volumes],"restartPolicy":"Never"}}
POD
  k wait pod errand-backup --for=condition=Ready --timeout=120s >/dev/null
}

again() {
  k delete pod errand-backup --ignore-not-found --grace-period=1 >/dev/null
  [ -z "$own_database" ] || k scale "$own_database" --replicas=1 >/dev/null
  for one in $replicas; do k scale "deploy/${one%=*}" --replicas="${one#*=}" >/dev/null; done
}

work=$(mktemp -d)
umask 077
case $command in
  save)
    [ -n "$file" ] || { echo "name the file to write" >&2; exit 2; }
    still
    # Not the volumes' own folders: those belong to whoever made them.
    k exec errand-backup -- sh -c 'cd /kept && tar -cf - */*' >"$work/volumes.tar"
    for name in $secrets; do k get secret "$name" --output 'jsonpath={.data}' >"$work/$name.json"; done
    tar -C "$work" -cf "$file" .
    ;;
  restore)
    tar -C "$work" -xf "$file"
    still
    k exec errand-backup -- find /kept -mindepth 2 -delete
    k exec --stdin errand-backup -- tar -C /kept -xf - <"$work/volumes.tar"
    for name in $secrets; do k patch secret "$name" --patch "{\"data\":$(cat "$work/$name.json")}" >/dev/null; done
    ;;
  *) sed -n '2,7p' "$0" >&2; exit 2 ;;
esac
rm -rf "$work"
