/**
 * Shell text for a mount namespace of its own (`unshare -m`), after which /etc is a copy that ends with the process; code 1
 * where that cannot be made. What is written there is seen by nothing else. /tmp is private, and holds the copy.
 */
export const ENTER_ETC_COPY = `mount --make-rprivate / && mount -t tmpfs -o mode=700 none /tmp && cp -a /etc /tmp/etc && mount --bind /tmp/etc /etc || exit 1`;
