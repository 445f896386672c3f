#!/usr/bin/env bash
# Installs the Debian packages that DendriteViewer calls: deploy/install.sh runtime|tests|peers
# Used by ./dendrite, by CI and by the Dockerfile, so that there is one list.
set -euo pipefail

declare -A why=(
  [libturbojpeg0]="encodes streamed frames"
  [libtiff6]="reads TIFF"
  [libzstd1]="compresses bricks"
  [libbz2-1.0]="reads bzip2-packed NRRD"
  [libblosc1]="reads Zarr that blosc packed"
  [liblz4-1]="reads Zarr that lz4 packed"
  [libhdf5-103-1]="reads HDF5 and NeXus"
  [hdf5-filter-plugin]="lets HDF5 unpack lz4 and bzip2"
  [hdf5-filter-plugin-blosc-serial]="lets HDF5 unpack blosc"
  [hdf5-plugin-lzf]="lets HDF5 unpack lzf"
  [bitshuffle]="lets HDF5 unpack bitshuffle, as most synchrotrons write it, faster than DendriteViewer does itself"
  [chromium]="drives the journeys in tests and takes the README's pictures"
  [ffmpeg]="writes movies as WebM and MP4; without it they are GIF"
  [fonts-dejavu-core]="gives Chromium letters to draw"
  [nginx-light]="the reverse proxy under which a journey runs"
  [ocl-icd-libopencl1]="loads OpenCL drivers"
  [pocl-opencl-icd]="an OpenCL driver for the CPU, on which the kernels for GPUs are tested"
  [postgresql]="what several servers share"
  [redis-server]="by which several servers tell each other what changed"
  [python3-h5py]="writes the HDF5 that tests read"
  [python3-vtk9]="what the kernels are timed against"
  [python3-scipy]="makes the volume that they are timed on, and labels it"
  [python3-tifffile]="what imports are timed against"
  [python3-zarr]="what imports are timed against"
  [python3-skimage]="what Otsu's threshold is timed against"
  [xvfb]="gives VTK a display"
  [libvolpack1-dev]="what one thread is timed against"
  [gcc]="compiles the program that times VolPack"
  [libc6-dev]="compiles the program that times VolPack"
)
packages=(libturbojpeg0 libtiff6 libzstd1 libbz2-1.0 libblosc1 liblz4-1 libhdf5-103-1)

# Without these everything runs; a file that one of them would unpack is refused with its name, and what is not there is not timed.
optional=(hdf5-filter-plugin hdf5-filter-plugin-blosc-serial hdf5-plugin-lzf bitshuffle)
if [ "${1:-runtime}" = tests ]; then packages+=(chromium ffmpeg fonts-dejavu-core nginx-light ocl-icd-libopencl1 pocl-opencl-icd postgresql redis-server python3-h5py); fi
if [ "${1:-runtime}" = peers ]; then optional=(libvolpack1-dev gcc libc6-dev); fi
if [ "${1:-runtime}" = peers ]; then packages+=(python3-vtk9 python3-scipy python3-skimage python3-tifffile python3-zarr xvfb); fi

# Asked once: a pipe into grep -q would end ldconfig with SIGPIPE, which pipefail takes for an answer.
known=$( (ldconfig -p || /sbin/ldconfig -p) 2>/dev/null || true)
has_plugin() { compgen -G "/usr/lib/*/hdf5/serial/plugins/$1.so" >/dev/null || compgen -G "${HDF5_PLUGIN_PATH:-/usr/local/hdf5/lib/plugin}/$1.so" >/dev/null; }
installed() {
  case "$1" in
    chromium | ffmpeg) command -v "$1" >/dev/null ;;
    nginx-light) [ -x /usr/sbin/nginx ] ;;
    pocl-opencl-icd) compgen -G "/etc/OpenCL/vendors/*.icd" >/dev/null ;;
    redis-server) command -v redis-server >/dev/null ;;
    postgresql) compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null ;;
    xvfb) command -v xvfb-run >/dev/null ;;
    python3-vtk9) /usr/bin/python3 -c "import vtk" 2>/dev/null ;;
    python3-skimage) /usr/bin/python3 -c "import skimage" 2>/dev/null ;;
    python3-tifffile) /usr/bin/python3 -c "import tifffile" 2>/dev/null ;;
    python3-zarr) /usr/bin/python3 -c "import zarr" 2>/dev/null ;;
    python3-h5py) /usr/bin/python3 -c "import h5py" 2>/dev/null ;;
    libhdf5-103-1) [[ $known == *"libhdf5_serial.so.103 "* || $known == *"libhdf5_serial.so.310 "* ]] ;;
    python3-scipy) /usr/bin/python3 -c "import scipy" 2>/dev/null ;;
    hdf5-filter-plugin) has_plugin libh5lz4 && has_plugin libh5bz2 ;;
    hdf5-filter-plugin-blosc-serial) has_plugin libH5Zblosc || has_plugin libblosc_filter ;;
    hdf5-plugin-lzf) has_plugin liblzf_filter || has_plugin libh5LZF ;;
    bitshuffle) has_plugin libh5bshuf ;;
    libvolpack1-dev) [ -e /usr/include/volpack.h ] ;;
    gcc) command -v cc >/dev/null ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    fonts-dejavu-core) [ -d /usr/share/fonts/truetype/dejavu ] ;;
    *) [[ $known == *"${library[$1]} "* ]] ;;
  esac
}
declare -A library=([libturbojpeg0]=libturbojpeg.so.0 [libtiff6]=libtiff.so.6 [libzstd1]=libzstd.so.1 [libbz2-1.0]=libbz2.so.1.0 [libblosc1]=libblosc.so.1 [liblz4-1]=liblz4.so.1 [libhdf5-103-1]=libhdf5_serial.so.103 [ocl-icd-libopencl1]=libOpenCL.so.1)

missing=() absent=()
for p in "${packages[@]}"; do installed "$p" || missing+=("$p"); done
for p in "${optional[@]}"; do installed "$p" || absent+=("$p"); done
[ ${#missing[@]} -eq 0 ] && [ ${#absent[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  [ ${#missing[@]} -eq 0 ] && exit 0
  echo "This system has no apt. Install what Debian calls: ${missing[*]} (${library[*]:-}), then run this again." >&2
  exit 1
fi
for p in "${missing[@]}"; do echo "Installing $p: ${why[$p]}." >&2; done
root=()
if [ "$(id -u)" -ne 0 ]; then
  [ ${#missing[@]} -eq 0 ] && exit 0
  command -v sudo >/dev/null || { echo "Not root and no sudo here; as root run: apt-get install ${missing[*]}" >&2; exit 1; }
  root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
if [ ${#missing[@]} -gt 0 ]; then
  "${root[@]}" apt-get update -qq >&2
  # Later releases hold HDF5 1.14; Ubuntu calls the other libturbojpeg.
  for pair in libhdf5-103-1:libhdf5-310 libturbojpeg0:libturbojpeg; do
    if [[ " ${missing[*]} " == *" ${pair%:*} "* ]] && ! apt-cache show "${pair%:*}" >/dev/null 2>&1; then missing=("${missing[@]/${pair%:*}/${pair#*:}}"); fi
  done
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 </dev/null
elif ! compgen -G "/var/lib/apt/lists/*_Packages*" >/dev/null; then
  "${root[@]}" apt-get update -qq >&2 || exit 0
fi

# Each by itself, so that what this release lacks does not keep the others away.
for p in "${absent[@]}"; do
  apt-cache show "$p" >/dev/null 2>&1 || continue
  echo "Installing $p: ${why[$p]}." >&2
  "${root[@]}" apt-get install -y -qq --no-install-recommends "$p" >&2 </dev/null || echo "$p could not be installed; it ${why[$p]}. Everything else works." >&2
done
