/* held_files_linux.h - the files that packd-render goes on reading after it was confined.
 *
 * FreeType, HarfBuzz and poppler open fonts and character maps by name whenever they need one.
 * Every file they may ask for is opened at start; afterwards the program's own open() and fopen()
 * (held_open_linux.c) hand out duplicates of these and know of no other file, and the kernel lets
 * nothing be opened at all. Libraries call open() without a context, so what is held is the one
 * piece of global state here. */
#ifndef PACKD_FIRMWARE_RENDER_HELD_FILES_LINUX_H
#define PACKD_FIRMWARE_RENDER_HELD_FILES_LINUX_H

#include <stdbool.h>
#include <stddef.h>

#define HELD_FILES_MAX 900u
#define HELD_FILES_SPARE 32u /* descriptors for everything else */

/* How many can be held: what the process may have open, as far as it can be raised. */
size_t held_files_room(void);
/* Opens a regular file for reading. One that cannot be opened is not there. False: no room. */
bool held_files_add(const char *path);
/* All files of a folder and of the folders in it, `depth` deep, until `room` are held. */
void held_files_add_folder(const char *folder, unsigned depth, size_t room);
size_t held_files_count(void);
bool held_files_has(const char *path);
/* From now on held_files_open() knows only these. */
void held_files_close_door(void);

/* A descriptor at the beginning of the file, or -1 with an errno. It shares its place with other
 * descriptors of the same file: one reader at a time, as it is with one thread. Before the door is
 * closed: of any file, for reading only. */
int held_files_open(const char *path);

#endif
