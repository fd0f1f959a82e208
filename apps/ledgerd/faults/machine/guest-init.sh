#!/bin/busybox sh
# The first process of a machine that is there to lose its power: mounts the disk with the programs, which nobody writes, and
# the disk that is judged, and runs the load on them until the power goes.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
for module in /modules/*; do insmod "$module"; done
while [ ! -b /dev/vdb ] || [ ! -c /dev/vport0p1 ]; do sleep 0.05; done

mount -o ro /dev/vda /world
mount -t proc proc /world/proc
mount -t devtmpfs dev /world/dev
mount -t tmpfs -o mode=0700 run /world/run
mount -t tmpfs tmp /world/tmp
mount -t ext4 /dev/vdb /world/disk
ip link set lo up
chroot /world /bin/node /guest-load.mjs "$LOAD"
poweroff -f
