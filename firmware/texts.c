/* texts.c - see texts.h. */
#include "firmware/texts.h"

#include <string.h>

#include "firmware/web/web_assets.h"

#define LANGUAGE_PATH "/lang/en.json"
#define ID_SIZE 64

static struct bytes language_file(void)
{
    for (size_t i = 0; i < web_asset_count; i++) {
        if (strcmp(web_assets[i].path, LANGUAGE_PATH) == 0) return web_assets[i].content;
    }
    return BYTES_NONE;
}

void texts_init(struct texts *texts)
{
    struct scratch scratch = {texts->memory, sizeof(texts->memory)};
    struct json root;
    enum json_problem problem = json_parse(language_file(), scratch, &root);
    ENSURE(problem == JSON_OK); /* it was compiled in */
    texts->messages = json_get(root, "messages");
}

static const struct log_argument *find(const struct log_argument *arguments, size_t count,
                                       struct bytes name)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(name, arguments[i].name)) return &arguments[i];
    }
    return NULL;
}

static void fill_in(struct bytes text, const struct log_argument *arguments, size_t count,
                    struct textbuf *out)
{
    while (text.len > 0) {
        size_t open = bytes_find_byte(text, '{');
        textbuf_bytes_put(out, bytes_slice(text, 0, open));
        text = bytes_from(text, open);
        if (text.len == 0) return;
        size_t close = bytes_find_byte(text, '}');
        struct bytes name = bytes_slice(text, 1, close - 1);
        const struct log_argument *argument = find(arguments, count, name);
        textbuf_bytes_put(out,
                          argument != NULL ? argument->value : bytes_slice(text, 0, close + 1));
        text = bytes_from(text, close + 1);
    }
}

void texts_sentence(const struct texts *texts, const char *id, const struct log_argument *arguments,
                    size_t count, struct textbuf *out)
{
    struct log_argument unknown = {"id", bytes_of_text(id)};
    struct json message = json_get(texts->messages, id);
    struct bytes what = BYTES_NONE, todo = BYTES_NONE;
    if (json_kind(message) == JSON_MISSING) {
        message = json_get(texts->messages, "unknown_message");
        arguments = &unknown;
        count = 1;
    }
    if (json_text(json_get(message, "what"), &what)) fill_in(what, arguments, count, out);
    if (!json_text(json_get(message, "do"), &todo)) return;
    textbuf_char(out, ' ');
    fill_in(todo, arguments, count, out);
}

void texts_of_document(const struct texts *texts, struct json document, struct textbuf *out)
{
    struct log_argument arguments[LOG_ARGUMENTS_MAX];
    char names[LOG_ARGUMENTS_MAX][ID_SIZE], id[ID_SIZE];
    size_t count = 0;
    struct json message = json_get(document, "message"), value;
    struct json_walk walk = {0};
    struct bytes name;
    if (!json_text_copy(json_get(message, "id"), id, sizeof(id))) return;
    while (count < LOG_ARGUMENTS_MAX &&
           json_each(json_get(message, "arguments"), &walk, &name, &value)) {
        if (!bytes_to_text(name, names[count], sizeof(names[count]))) continue;
        if (!json_number_or_text(value, &arguments[count].value)) continue;
        arguments[count].name = names[count];
        count++;
    }
    texts_sentence(texts, id, arguments, count, out);
}
