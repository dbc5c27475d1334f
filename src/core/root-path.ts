/** Shell text after which the programs of root are found, whoever calls, and speak English; those of NixOS lie elsewhere. */
export const SET_PATH = `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/wrappers/bin:/run/current-system/sw/bin LC_ALL=C
export PATH LC_ALL`;
